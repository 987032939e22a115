# The gallery as a Docker Space of Hugging Face, or anywhere else:
#   docker build -t gallery . && docker run -p 7860:7860 gallery
FROM python:3.11-slim

RUN useradd --create-home --uid 1000 user
USER user
WORKDIR /home/user/gallery
ENV PATH=/home/user/.local/bin:$PATH \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# A layer of its own, from one index: a CPU torch beside another index's torchvision does not import.
COPY --chown=user requirements.txt .
RUN grep -E '^torch(vision)?[~=]' requirements.txt > torch.txt \
    && pip install --user --index-url https://download.pytorch.org/whl/cpu -r torch.txt \
    && rm torch.txt
RUN pip install --user -r requirements.txt

COPY --chown=user . .

# Spaces shows the app in a frame of another site, where the cookie of the XSRF check never arrives.
ENV STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=false \
    GRADIO_ANALYTICS_ENABLED=False \
    HF_HUB_DISABLE_TELEMETRY=1 \
    PYTHONUNBUFFERED=1

EXPOSE 7860
HEALTHCHECK --start-period=60s --interval=30s --timeout=5s CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/_stcore/health', timeout=4)"]
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "7860", \
     "--proxy-headers", "--forwarded-allow-ips", "*"]
